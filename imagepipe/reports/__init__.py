"""Values to text: tables, JSON, Markdown, annotations. No I/O."""
