package org.openingminute.messaging;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.beans.factory.annotation.Qualifier;

/**
 * Qualifies the JDBC client for lists, searches, metrics and other statements that read many rows. It has a small connection pool of its
 * own, and its statements are planned for their actual values and the current tables. All other work uses the unqualified client, whose
 * plans are generic and use indexes only. Must not be used in a transaction, which holds a connection of the other pool.
 */
@Documented
@Qualifier
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.PARAMETER})
public @interface Browse {}
