"""Lets `python -m xiaowei` do what the command `xiaowei` does."""

from xiaowei.surfaces.cli import main

if __name__ == "__main__":
    main()
