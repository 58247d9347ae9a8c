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
    """Whether random events go on: until all that were asked for are done, and from 100,000 on until nothing that they
    must reach is missing, five times as long at most. What some hundreds of thousands reach, one seed in ten does not."""
    return done < asked or asked >= 100_000 and done < 5 * asked and bool(missing())
