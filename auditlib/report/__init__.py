"""Reports: tables, figures and notebooks that tell a result, and the pages made from them."""
