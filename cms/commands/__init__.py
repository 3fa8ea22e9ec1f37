"""What `chronicle` does, a file for each subject; `cms.cli` lists the commands."""
