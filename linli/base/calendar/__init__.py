"""The working calendar: which days are working days, and when a time limit runs out."""
