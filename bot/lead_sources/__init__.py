"""Who may post leads, and how what they post becomes one `routing.lead.Lead`.

`source_file` reads the file that names the sources, `delivery.read_delivery` is the edge that the web layer calls,
`signatures` proves who posted, `bodies` turns bytes into a mapping, one module per kind of source (`generic`) reads
the mapping, `registry` lists the kinds.
"""
