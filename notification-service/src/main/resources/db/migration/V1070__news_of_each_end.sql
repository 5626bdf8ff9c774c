-- "about" bears the end of the phase, too: an end that is moved is news again.
update announcement set about = about || ' ' || (told::json #>> '{phase,until}')
 where kind = 'deadline-near' and about not like '% %';
