"""Benchmarks: `make bench` (SIZE=1000000). One run on one machine, candidates interleaved, medians; only ratios carry over.

`ground.py` makes and fills a database, `fill.sql` the stored cases, `bare.py` the bare handlers everything is measured against,
`client.py` the load, `scenes.py` what is measured, `__main__.py` the table and the JSON file.
"""
