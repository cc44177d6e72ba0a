"""From a notebook to a page: HTML, PDF, fonts, templates."""
