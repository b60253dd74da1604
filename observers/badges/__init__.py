"""Badges: what they say, signed so that anybody can check it without a network; their public keys
and the list of those that have ended before their time.
"""
