"""Steps that turn the published parts of the 2014 world input-output table into the packaged one."""
