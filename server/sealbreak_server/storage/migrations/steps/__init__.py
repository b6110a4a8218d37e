"""Each module has the step to one version.

Steps are written as SQL and not made from `tables`, which describes the newest version only.
"""
