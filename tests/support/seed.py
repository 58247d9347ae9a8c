"""The seed of a random test."""
import os
import random
import sys


def fresh_seed():
    """SEED from the environment, or a new one in every run. It is printed, so that a failure can be repeated."""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))
    print(f"SEED={seed}", file=sys.stderr, flush=True)
    return seed


def has_more(done, asked, missing):
    """Whether random events go on: until all that were asked for are done. A run of 100,000 or more also goes on until
    nothing is missing that it must reach, but never past five times what was asked for."""
    return done < asked or asked >= 100_000 and done < 5 * asked and bool(missing())
