/** What a service looks at before it starts: its keys, its variables, its settings. Needs no database and no broker. */
@NullMarked
package org.openingminute.messaging.start;

import org.jspecify.annotations.NullMarked;
