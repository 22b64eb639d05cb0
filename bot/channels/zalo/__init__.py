"""Zalo: updates in, messages out. Translating is pure; only ``client``, ``polling`` and ``webhook`` touch the network.

What is assumed about the Zalo Bot Platform, and what of it was not tried, stands in ``client``.
"""
