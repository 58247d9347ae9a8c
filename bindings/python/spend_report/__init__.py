"""A bill as one HTML page: what was spent, what the safeguards say, what the month will cost."""
