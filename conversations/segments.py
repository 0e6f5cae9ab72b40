"""GSM-7 or UCS-2, how many parts, and which letters force the dearer one."""
