"""The command line: one file per command. Modules here import only what ``--help`` needs; the rest comes late."""
