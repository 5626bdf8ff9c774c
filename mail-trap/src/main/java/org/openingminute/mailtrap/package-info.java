/** The mail trap of a rehearsal: mails arrive over SMTP, are kept in files, and are read over HTTP. */
@NullMarked
package org.openingminute.mailtrap;

import org.jspecify.annotations.NullMarked;
