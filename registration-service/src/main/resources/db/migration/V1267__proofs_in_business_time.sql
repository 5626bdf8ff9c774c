-- When the file was sent in, in business time, to be shown; null for files from before. By uploaded_at, the machine's, old files are found.
alter table proof add column received_at timestamptz;
