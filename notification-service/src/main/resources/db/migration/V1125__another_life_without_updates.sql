-- The next sequence of a registration's mails is above all of an earlier life wherever it is taken, so a new life changes no row.
drop trigger mails_are_told_anew on database_incarnation;
drop function mails_are_told_anew();
