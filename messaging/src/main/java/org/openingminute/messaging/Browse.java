package org.openingminute.messaging;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.beans.factory.annotation.Qualifier;

/**
 * The client for lists, searches, metrics and whatever else reads many rows. Its statements are planned for their values and the
 * tables as they are, on a small pool of their own. All other work uses the unqualified client, whose plans are made once and use
 * indexes alone. Must not be used in a transaction, which has a connection of the other pool.
 */
@Documented
@Qualifier
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.PARAMETER})
public @interface Browse {}
