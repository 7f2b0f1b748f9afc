"""A user without a home or a name, as in many containers, is given both for the time of a command."""

import os
import sys

__all__ = ["settle"]


def settle() -> None:
    """Set HOME and USER where neither the environment nor the system knows them; packages ask for both."""
    if sys.platform == "win32":
        return
    import pwd

    try:
        known = pwd.getpwuid(os.getuid())
    except KeyError:
        os.environ.setdefault("USER", f"uid{os.getuid()}")
        if not os.environ.get("HOME"):
            from beamopt.cache import private_folder

            os.environ["HOME"] = str(private_folder())
    else:
        os.environ.setdefault("HOME", known.pw_dir)
