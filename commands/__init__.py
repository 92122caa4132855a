"""The command line, one group of commands a file. kibaro.py joins them; what they do is done in the rooms below."""
