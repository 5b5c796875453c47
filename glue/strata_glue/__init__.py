"""The Glue job of Strata: runs one stage's group of datasets on any PySpark, classic or Connect.

The same code runs on Glue 6.0 (Spark 4.1.1), Glue 5.1 (Spark 3.5.6) and, locally, on Sail. The engine reads files that
we name, computes, and writes into a new empty folder; everything else — that sources exist, counts, an empty result's
file, what becomes the target's content — is ours and the same on every engine.
"""
