/** Composes mails: their texts, amounts and layout, in two languages, as plain text and as HTML. */
@NullMarked
package org.openingminute.notification.composition;

import org.jspecify.annotations.NullMarked;
