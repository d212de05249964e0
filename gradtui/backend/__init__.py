"""The process that trains: commands in on one pipe, reports out on another."""
