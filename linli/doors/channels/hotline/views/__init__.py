"""Pages of the exchange: setting it up, and what goes out."""
