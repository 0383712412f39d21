"""``python -m sclerograph``: the same as the command ``sclerograph``."""

from sclerograph.cli.main import main

if __name__ == "__main__":
    main()
