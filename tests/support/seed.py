"""The seed of a random test."""
import os
import random
import sys


def fresh_seed():
    """SEED from the environment, or a new one in every run. It is printed, so that a failure can be repeated."""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))
    print(f"SEED={seed}", file=sys.stderr, flush=True)
    return seed
