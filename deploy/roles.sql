-- The three roles and the database they share, made once by the server's superuser. The
-- owner alone makes tables; the app reads and writes rows; the auditor looks.

\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\getenv auditor_password AUDITOR_PASSWORD

create role plumbline_owner login createdb password :'owner_password';
create role plumbline_app login password :'app_password';
create role plumbline_auditor login password :'auditor_password';

create database plumbline owner plumbline_owner;
