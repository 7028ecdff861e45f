"""One file is one reason code: a pure question to the dossier."""
