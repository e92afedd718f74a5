"""Excel workbooks that ask what forms ask: made, read, and given back with what is wrong.

Which sheets and columns a form comes to is said in :mod:`registry.incoming.layout`; ``template``
draws the empty workbook;
``guard`` looks at an uploaded file before anything reads it; ``reading`` turns its rows into
answers of the form; ``marking`` writes the errors beside the rows of the same workbook.
"""
