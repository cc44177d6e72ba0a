"""Reports as official papers (公文): DOCX in the layout of GB/T 9704-2012, made from their pages."""
