# SPDX-License-Identifier: MIT
"""Streams of saved domains, as docs/streams.md has them: is one in order, and what is in it?"""
