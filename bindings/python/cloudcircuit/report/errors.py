"""What ends a report early."""


class BillError(Exception):
    """The bill cannot be judged."""


class UsageError(Exception):
    """The options make no sense."""
