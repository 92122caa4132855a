"""Files that others bring: each kind one module. Good lines land, bad ones are listed with line and reason, again
changes nothing.
"""
