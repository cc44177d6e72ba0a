"""Tables as offices send them: text in any encoding, workbooks with several sheets, titles above and footers below."""
