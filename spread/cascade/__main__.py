"""`python -m spread.cascade`: the whole path from an archive to a report."""

from spread.cli import cascade

raise SystemExit(cascade.main())
