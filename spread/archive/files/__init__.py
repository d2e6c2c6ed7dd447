"""From paths to lines: files, what is packed in them, texts and their pieces, none too large."""
