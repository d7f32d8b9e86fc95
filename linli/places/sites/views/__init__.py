"""Pages of sites, things, construction sites and the circle."""
