"""`python -m beamopt` is `beamopt`."""

from beamopt.cli import main

if __name__ == "__main__":
    main()
