"""The handbook: the pages of ``docs``, and those made from the program itself, as one site that opens from disk.

``make docs`` writes it into ``documentation``, Chinese first with English beside it. What a page says of a key, a
command, a register, a source or a rule of the cookbook is made from the models, from click, from the tables and files
that the program reads, so that it cannot say anything else.
"""
