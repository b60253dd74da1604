"""What the public pages show, for software: read-only, open to everybody, in JSON.

`docs/api.md` describes it for those who use it. Names of fields are a contract.
"""
