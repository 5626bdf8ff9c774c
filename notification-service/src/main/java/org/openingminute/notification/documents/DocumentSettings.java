package org.openingminute.notification.documents;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How documents look.
 *
 * @param fonts a folder of TrueType fonts ({@code .ttf}) for scripts that the built-in one cannot write; empty for none
 */
@ConfigurationProperties(prefix = "documents", ignoreUnknownFields = false)
record DocumentSettings(
        @DefaultValue("") String fonts, @DefaultValue Letter letter) {

    /**
     * Who writes invitation letters; what is empty is left out, and without a name the conference's organisers write.
     *
     * @param senderName who writes invitation letters; the conference's organisers if empty
     * @param senderAddress address of who writes them, lines separated by vertical bars
     * @param signedBy the person who signs them
     * @param signedAs what that person is
     * @param contact where a letter can be verified, such as a mail address
     */
    record Letter(
            @DefaultValue("") String senderName,
            @DefaultValue("") String senderAddress,
            @DefaultValue("") String signedBy,
            @DefaultValue("") String signedAs,
            @DefaultValue("") String contact) {}
}
