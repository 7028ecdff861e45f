"""The REST interface: one file per resource; every error is a problem document that names the field at fault."""
