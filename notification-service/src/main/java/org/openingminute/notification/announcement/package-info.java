/** What those who asked for news are told, by organisers or by itself, and how it comes to be one mail for each of them. */
@NullMarked
package org.openingminute.notification.announcement;

import org.jspecify.annotations.NullMarked;
