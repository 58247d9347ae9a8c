"""A bill as a report."""
