"""`python -m spread.archive`: read, report, export."""

from spread.cli import archive

raise SystemExit(archive.main())
