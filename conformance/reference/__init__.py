"""The generated pages of the documentation: options, errata, clauses with examples from runs."""
