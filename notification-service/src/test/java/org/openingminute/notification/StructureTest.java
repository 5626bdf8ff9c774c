package org.openingminute.notification;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import java.time.LocalDate;

@AnalyzeClasses(packages = "org.openingminute.notification", importOptions = ImportOption.DoNotIncludeTests.class)
class StructureTest {

    @ArchTest
    static final ArchRule PACKAGES_FORM_NO_CIRCLE =
            slices().matching("org.openingminute.notification.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ONLY_THE_OUTBOX_WRITES_TO_TOPICS = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.springframework.kafka.core.KafkaTemplate");

    @ArchTest
    static final ArchRule TIME_COMES_IN_FROM_OUTSIDE = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDate.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule RULES_KNOW_NO_DATABASE = noClasses()
            .that()
            .haveSimpleName("OwedMails")
            .or()
            .haveSimpleName("Waits")
            .or()
            .resideInAPackage("..composing..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework.jdbc..", "java.sql..");

    @ArchTest
    static final ArchRule WHO_SPEAKS_WITH_THE_MAIL_SERVER_KNOWS_NO_QUEUE = noClasses()
            .that()
            .resideInAPackage("..smtp..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..heard..", "..owed..", "..sending..", "org.springframework.jdbc..", "java.sql..");

    @ArchTest
    static final ArchRule THE_MAILBOX_KNOWS_WHAT_ARRIVED_AND_NOTHING_ELSE = noClasses()
            .that()
            .resideInAPackage("..mailbox..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "..heard..", "..owed..", "..sending..", "..smtp..", "..composing..", "org.springframework.jdbc..");
}
