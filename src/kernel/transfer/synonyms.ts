/**
 * What other programs call the things we know, by concept: `<object>.<field>`; concepts of `common` belong to any object.
 * Names are compared without case, accents, spaces and punctuation, and `FirstName` equals `First Name`, so each
 * stands here once. Salesforce, HubSpot, Zoho, Google Contacts, English Outlook and Thunderbird were compared with
 * exported files or their header lists. Pipedrive, EspoCRM, and Outlook in Spanish and Lithuanian were not: they are
 * written from what is known of these programs. E-mails, telephones, web addresses and postal addresses are recognised
 * by their words, see `parts` below.
 */
export const SYNONYMS: Record<string, string> = {
  'common.id': 'Id|Record ID|External ID|ID de registro|Identificador|Įrašo ID',
  'common.owner':
    'Owner|OwnerId|Owner Name|Owner Full Name|Assigned User|Assigned To|assignedUserId|assignedUserName|Account Owner|Contact Owner|Lead Owner|Deal Owner|Company Owner|Task Owner|Activity Owner|Event Owner|Ticket Owner|Opportunity Owner|Deal - Owner|Person - Owner|Organization - Owner|Activity - Assigned to user|Sales Agent|Sales Rep|Propietario|Propietario de la cuenta|Propietario del contacto|Propietario del negocio|Responsable|Asignado a|Comercial|Savininkas|Atsakingas|Atsakingas asmuo|Atsakingas darbuotojas|Vadybininkas|Obchod - Vlastník',
  'common.createdAt':
    'Created|Created At|Created Date|Create Date|Created Time|Date Created|Date Entered|Creation Date|Deal - Deal created|Person - Person created|Organization - Organization created|Fecha de creación|Creado|Creado el|Sukurta|Sukūrimo data',
  'common.updatedAt':
    'Updated At|Last Modified Date|Last Modified|Modified At|Modified Time|Date Modified|Update time|Deal - Update time|Person - Update time|Organization - Update time|Fecha de modificación|Última modificación|Modificado|Atnaujinta|Pakeista|Pakeitimo data',
  'common.description':
    'Description|Notes|Note|Comments|Comment|Remarks|Observaciones|Notas|Nota|Comentarios|Descripción|Pastabos|Pastaba|Aprašymas|Komentaras|Komentarai',
  'common.tags':
    'Tags|Tag|Label|Labels|Categories|Category|Group Membership|Groups|Keywords|Person - Label|Organization - Label|Deal - Label|Etiquetas|Etiqueta|Categorías|Categoría|Grupos|Žymos|Žyma|Kategorijos|Kategorija|Grupės',
  'common.source':
    'Lead Source|Source|Original Source|Account Source|Origin|Lead - Source|Fuente|Origen|Procedencia|Fuente del posible cliente|Origen del prospecto|Šaltinis|Kontakto šaltinis',
  'common.currency': 'Currency|Currency ISO Code|Deal - Currency of Value|amountCurrency|Moneda|Divisa|Valiuta',
  'common.language': 'Language|Languages|Preferred Language|Idioma|Lengua|Kalba|Bendravimo kalba',

  'contact.fullName':
    'Name|Full Name|Display Name|Contact Name|Person - Name|Person Name|Nombre completo|Nombre y apellidos|Nombre para mostrar|Vardas pavardė|Vardas, pavardė|Vardas ir pavardė|Pilnas vardas|Rodomas vardas',
  'contact.firstName': 'First Name|Given Name|Forename|Person - First name|Nombre|Nombre de pila|Primer nombre|Vardas',
  'contact.middleName': 'Middle Name|Additional Name|Segundo nombre|Antras vardas|Antrasis vardas',
  'contact.lastName': 'Last Name|Family Name|Surname|Person - Last name|Apellidos|Apellido|Primer apellido|Pavardė',
  'contact.salutation':
    'Salutation|Salutation Name|Prefix|Name Prefix|Honorific|Tratamiento|Saludo|Título de cortesía|Kreipinys|Kreipimasis',
  'contact.suffix': 'Suffix|Name Suffix|Sufijo|Priesaga',
  'contact.nickname': 'Nickname|Screen Name|Alias|Apodo|Sobrenombre|Slapyvardis|Pravardė',
  'contact.title':
    'Title|Job Title|Position|Occupation|Designation|Organization 1 - Title|Organization Title|Person - Job title|Cargo|Puesto|Puesto de trabajo|Pareigos|Užimamos pareigos',
  'contact.department':
    'Department|Organization 1 - Department|Organization Department|Departamento|Skyrius|Padalinys|Departamentas',
  'contact.account':
    'Account|Account Name|Account Id|Company|Company Name|Organization|Organisation|Organization Name|Organization 1 - Name|Associated Company|Associated Company Domain|Company or Account|Employer|Person - Organization|Empresa|Compañía|Organización|Nombre de la empresa|Cuenta|Nombre de la cuenta|Razón social|Įmonė|Įmonės pavadinimas|Organizacija|Bendrovė|Darbovietė|Klientas',
  'contact.birthday':
    'Birthday|Birthdate|Birth Date|Date of Birth|DOB|Cumpleaños|Fecha de nacimiento|Nacimiento|Gimimo data|Gimtadienis|Gimimo diena',
  'contact.gender': 'Gender|Sex|Sexo|Género|Lytis',
  'contact.reportsTo':
    'Reports To|Reports To Id|Manager|Managers Name|Nombre del jefe|Jefe|Supervisor|Vadovas|Tiesioginis vadovas',
  'contact.assistant':
    'Assistant|Assistant Name|Assistants Name|Nombre del ayudante|Asistente|Asistentas|Asistento vardas',
  'contact.spouse': 'Spouse|Cónyuge|Pareja|Sutuoktinis',
  'contact.anniversary': 'Anniversary|Aniversario|Jubiliejus|Metinės',
  'contact.status': 'Lead Status|Status|Contact Status|Estado del prospecto|Estado|Būsena|Statusas',
  'contact.lifecycle': 'Lifecycle Stage|Etapa del ciclo de vida|Gyvavimo ciklo etapas',
  'contact.doNotCall': 'Do Not Call|No llamar|Neskambinti',
  'contact.emailOptOut':
    'Has Opted Out Of Email|Email Opt Out|Email Opt-Out|No enviar correo|No recibir correo electrónico|Atsisakė laiškų|Nesiųsti laiškų',

  'account.name':
    'Name|Account|Account Name|Company|Company Name|Organization|Organisation|Organization Name|Organization - Name|Business Name|Legal Name|Client|Customer|Customer Name|Nombre|Nombre de la cuenta|Cuenta|Empresa|Nombre de la empresa|Compañía|Razón social|Nombre comercial|Organización|Cliente|Pavadinimas|Įmonė|Įmonės pavadinimas|Organizacija|Bendrovė|Klientas|Kliento pavadinimas',
  'account.type': 'Type|Account Type|Company Type|Tipo|Tipo de cuenta|Tipo de empresa|Tipas|Kliento tipas|Įmonės tipas',
  'account.industry':
    'Industry|Sector|Vertical|Organization - Industry|Industria|Sector de actividad|Actividad|Veiklos sritis|Pramonės šaka|Šaka|Sektorius',
  'account.employees':
    'Employees|Number of Employees|No. of Employees|NumEmployees|NumEmp|Employee Count|Headcount|Organization - Number of employees|Número de empleados|N.º de empleados|Empleados|Darbuotojų skaičius|Darbuotojai',
  'account.revenue':
    'Annual Revenue|Revenue|Turnover|Organization - Annual revenue|Ingresos anuales|Ingresos|Facturación|Facturación anual|Volumen de negocio|Metinės pajamos|Pajamos|Apyvarta|Metinė apyvarta',
  'account.taxNumber':
    'Tax Number|Tax ID|VAT|VAT Number|VAT ID|Tax Id Number|NIF|CIF|NIF/CIF|CIF/NIF|DNI|NIE|Número de IVA|Número fiscal|PVM kodas|PVM mokėtojo kodas|PVM numeris',
  'account.registrationNumber':
    'Registration Number|Company Number|Company Code|Registration Code|Account Code|Número de registro|Código de empresa|Įmonės kodas|Juridinio asmens kodas|Kodas',
  'account.number':
    'Account Number|Customer Number|Customer No|Client Number|Número de cuenta|Número de cliente|Código de cliente|Kliento numeris|Kliento kodas',
  'account.parent':
    'Parent|Parent Id|Parent Account|Parent Company|Parent Account Id|Subsidiary Of|Cuenta principal|Empresa matriz|Matriz|Pagrindinė įmonė|Motininė įmonė|Patronuojanti įmonė',
  'account.rating':
    'Rating|Classification|Customer Priority|Calificación|Clasificación|Reitingas|Klasifikacija|Įvertinimas',
  'account.founded': 'Year Started|Year Established|Year Founded|Founded|Año de fundación|Įkūrimo metai',
  'account.ownership': 'Ownership|Propiedad|Nuosavybės forma',
  'account.sicCode': 'Sic|SIC Code|SIC Code Description',
  'account.domain': 'Company Domain Name|Domain|Domain Name|Dominio|Nombre de dominio|Domenas',

  'lead.name':
    'Name|Title|Lead|Lead Name|Lead Title|Lead - Title|Topic|Subject|Enquiry|Nombre|Título|Asunto|Consulta|Nombre del lead|Pavadinimas|Tema|Užklausa',
  'lead.contact':
    'Contact|Contact Id|Contact Name|Person|Full Name|Contact Person|Lead - Contact person|Contacto|Persona de contacto|Nombre completo|Kontaktas|Kontaktinis asmuo|Asmuo',
  'lead.account':
    'Account|Account Id|Account Name|Company|Company Name|Organization|Organisation|Lead - Organization|Cuenta|Empresa|Organización|Cliente|Įmonė|Organizacija|Klientas',
  'lead.status': 'Status|Lead Status|Lead - Status|Estado|Estado del lead|Estado del prospecto|Būsena|Užklausos būsena',
  'lead.warmth': 'Rating|Lead Rating|Temperature|Lead - Labels|Calificación|Temperatura|Susidomėjimas',
  'lead.amount': 'Amount|Value|Lead - Value|Estimated Value|Budget|Importe|Valor|Presupuesto|Suma|Vertė|Biudžetas',

  'opportunity.name':
    'Name|Title|Deal Name|Deal|Opportunity|Opportunity Name|Potential Name|Deal - Title|Deal Title|Nombre|Nombre del negocio|Nombre de la oportunidad|Oportunidad|Negocio|Título|Pavadinimas|Sandoris|Sandorio pavadinimas|Galimybė|Galimybės pavadinimas',
  'opportunity.account':
    'Account|Account Id|Account Name|Company|Organization|Organisation|Deal - Organization|Associated Company|Associated Company Domain|Customer|Cuenta|Nombre de la cuenta|Empresa|Organización|Cliente|Įmonė|Organizacija|Klientas|Organizace',
  'opportunity.contact':
    'Contact|Contact Id|Contact Name|Primary Contact|Contact Person|Deal - Contact person|Associated Contact|Associated Contact Email|Contacto|Persona de contacto|Contacto principal|Kontaktas|Kontaktinis asmuo|Kontaktní osoba',
  'opportunity.pipeline':
    'Pipeline|Sales Pipeline|Deal - Pipeline|Embudo|Embudo de ventas|Canalización|Proceso de ventas|Pardavimų piltuvas|Piltuvas|Pardavimo procesas',
  'opportunity.stage':
    'Stage|Stage Name|Deal Stage|Sales Stage|Deal - Stage|Etapa|Etapa del negocio|Fase|Fase de venta|Etapas|Stadija|Sandorio etapas|Pardavimo etapas',
  'opportunity.status': 'Status|Deal - Status|Deal Status|Estado|Estado del negocio|Būsena|Sandorio būsena',
  'opportunity.amount':
    'Amount|Value|Deal Value|Deal Amount|Deal - Value|Deal value|Close Value|Opportunity Amount|Importe|Valor|Valor del negocio|Monto|Cantidad|Suma|Vertė|Sandorio vertė|Sandorio suma',
  'opportunity.probability':
    'Probability|Probability (%)|Win Probability|Deal - Probability|Probabilidad|Probabilidad (%)|Tikimybė|Tikimybė (%)',
  'opportunity.closeOn':
    'Close On|Close Date|Closing Date|Expected Close Date|Expected Closing|Deal - Expected close date|Deal - Won time|Fecha de cierre|Fecha prevista de cierre|Cierre previsto|Fecha estimada de cierre|Uždarymo data|Numatoma uždarymo data|Planuojama pabaiga|Obchod - Uzavřeno dne',
  'opportunity.openedOn': 'Engage Date|Open Date|Start Date|Fecha de inicio|Fecha de apertura|Pradžios data|Pradžia',
  'opportunity.type': 'Type|Deal Type|Opportunity Type|Tipo|Tipo de negocio|Tipo de oportunidad|Tipas|Sandorio tipas',
  'opportunity.nextStep': 'Next Step|Siguiente paso|Próximo paso|Kitas žingsnis|Tolesnis žingsnis',
  'opportunity.lostReason':
    'Closed Lost Reason|Lost Reason|Loss Reason|Reason For Loss|Deal - Lost reason|Motivo de pérdida|Razón de pérdida|Pralaimėjimo priežastis|Praradimo priežastis',
  'opportunity.lostOn': 'Deal - Lost time|Lost Date|Lost Time|Fecha de pérdida|Praradimo data|Obchod - Datum prohry',
  'opportunity.product': 'Product|Product Name|Producto|Nombre del producto|Prekė|Produktas|Prekės pavadinimas',
  'opportunity.campaign': 'Campaign|Campaign Id|Primary Campaign Source|Campaña|Kampanija',
  'opportunity.expectedRevenue':
    'Expected Revenue|Weighted Amount|Weighted Value|Deal - Weighted value|Ingresos previstos|Ingresos esperados|Numatomos pajamos|Tikėtinos pajamos',

  'task.subject':
    'Subject|Task|Task Name|Name|Title|Activity - Subject|Call/Meeting Title/Subject|Asunto|Tarea|Nombre de la tarea|Título|Tema|Užduotis|Užduoties pavadinimas|Pavadinimas',
  'task.dueOn':
    'Due|Due On|Due Date|Task Due Date|Activity Date|Date Due|dateEnd|Activity - Due date|Deadline|Fecha de vencimiento|Vencimiento|Fecha límite|Terminas|Atlikti iki|Įvykdyti iki|Galutinis terminas',
  'task.startOn': 'Start|Start On|Start Date|Start DateTime|dateStart|Fecha de inicio|Inicio|Pradžia|Pradžios data',
  'task.status': 'Status|Task Status|Estado|Estado de la tarea|Būsena|Užduoties būsena',
  'task.done':
    'Done|Completed|Is Closed|Activity - Done|% Complete|Hecho|Completada|Completado|Terminada|Atlikta|Įvykdyta|Baigta',
  'task.priority': 'Priority|Task Priority|Prioridad|Prioritetas|Svarba',
  'task.type': 'Type|Task Subtype|Activity Type|Activity - Type|Task Type|Tipo|Tipo de actividad|Tipas|Veiklos tipas',
  'task.contact':
    'Who Id|Contact|Contact Name|Associated Contact Email|Activity - Contact person|Contacto|Kontaktas|Kontaktinis asmuo',
  'task.account':
    'Account|Account Id|Account Name|Related Company|Activity - Organization|Cuenta|Empresa|Įmonė|Organizacija',
  'task.related':
    'What Id|Related To|Parent|parentId|parentName|Activity - Deal|Relacionado con|Susijęs įrašas|Susiję su',
  'task.description': 'Notes/Description|Activity - Note|Task Notes|Notas de la tarea|Užduoties pastabos',

  'note.title': 'Title|Note Title|Subject|Título|Asunto|Título de la nota|Pavadinimas|Tema|Užrašo pavadinimas',
  'note.body':
    'Body|Note|Notes|Content|Text|Note Content|Note Body|Post|Comment|Nota|Notas|Contenido|Texto|Contenido de la nota|Tekstas|Turinys|Užrašas|Pastaba|Pastabos',
  'note.related': 'Parent Id|Parent|Related To|What Id|Linked Entity Id|Relacionado con|Susijęs įrašas|Susiję su',
};

/** The part of a postal address that a header's words name, longest wording first. */
export const ADDRESS_WORDS: Record<string, string> = {
  street:
    'Street Address|Street|Address|Address Street|Address 1|Address Line 1|Line 1|Formatted|Calle|Dirección|Domicilio|Dirección postal|Gatvė|Adresas|Gatvė, namas',
  street2:
    'Street 2|Street Address 2|Address 2|Address Line 2|Line 2|Extended Address|Calle 2|Dirección 2|Adresas 2|Gatvė 2',
  poBox: 'PO Box|P.O. Box|POBox|Apartado|Apartado postal|Buzón|Pašto dėžutė',
  city: 'City|Town|Locality|Ciudad|Población|Localidad|Municipio|Miestas|Vietovė|Gyvenvietė|Miestas/vietovė',
  region:
    'State|Region|State/Region|Province|County|State/Province|Provincia|Estado o provincia|Provincia o estado|Región|Comunidad autónoma|Estado/Provincia|Apskritis|Savivaldybė|Regionas|Rajonas',
  postalCode:
    'Postal Code|Postcode|Zip|Zip Code|Zip/Postal Code|ZIP/Postal Code|Código postal|CP|C.P.|Pašto kodas|Pašto indeksas|Indeksas',
  country: 'Country|Country/Region|Country Code|País|País o región|País/Región|Šalis|Valstybė|Šalis/regionas',
  latitude: 'Latitude|Latitud|Platuma',
  longitude: 'Longitude|Longitud|Ilguma',
};

/** Words for an e-mail, a telephone number and a web address. */
export const LIST_WORDS: Record<'email' | 'phone' | 'url', string> = {
  email:
    'Email|E-mail|Email Address|E-mail Address|Mail|Correo|Correo electrónico|Dirección de correo electrónico|Dirección de correo|Dirección de e-mail|El. paštas|El. pašto adresas|Elektroninis paštas|Elektroninio pašto adresas|Paštas',
  phone:
    'Phone|Phone Number|Telephone|Telephone Number|Tel|Teléfono|Número de teléfono|Tlf|Telf|Telefonas|Telefono numeris|Tel. nr.|Tel. numeris',
  url: 'Website|Website URL|Web|Web Page|Web Site|URL|Homepage|Home Page|Página web|Sitio web|Web corporativa|Svetainė|Interneto svetainė|Tinklalapis|Interneto puslapis',
};

/** Words that are a telephone number by themselves, with the label that they give it. */
export const PHONE_WORDS: Record<string, string> = {
  mobile:
    'Mobile|Mobile Phone|Mobile Number|Mobile Phone Number|Cell|Cell Phone|Cellular|Móvil|Teléfono móvil|Celular|Mobilus|Mobilusis|Mobilusis telefonas|Mobilus telefonas|Mob. telefonas|Mob. tel.',
  fax: 'Fax|Fax Number|Número de fax|Faks|Faksas|Fakso numeris',
  pager: 'Pager|Pager Number|Buscapersonas|Localizador|Peidžeris|Pranešimų gaviklis',
  car: 'Car Phone|Teléfono del automóvil|Automobilio telefonas',
  main: 'Company Main Phone|Primary Phone|Main Phone|Switchboard|Teléfono principal|Centralita|Pagrindinis telefonas',
  assistant: "Assistant's Phone|Assistant Phone|Teléfono del ayudante|Asistento telefonas",
  video: 'Phone Video',
};

/** Words before or behind the others that say which of several addresses or numbers is meant. */
export const KIND_WORDS: Record<string, string> = {
  mailing:
    'Mailing|Correspondence|Postal de correspondencia|de correspondencia|Correspondencia|Korespondencijos|Susirašinėjimo',
  billing:
    'Billing|Invoice|Invoicing|Facturación|de facturación|Facturación de|Sąskaitos|Sąskaitų|Atsiskaitymo|Mokėtojo',
  shipping: 'Shipping|Delivery|Envío|de envío|Entrega|de entrega|Pristatymo|Siuntimo',
  work: 'Work|Business|Office|Company|Organization|Person|Trabajo|del trabajo|de trabajo|Oficina|Empresa|de la empresa|Profesional|Darbo|Biuro|Įmonės|Verslo',
  home: 'Home|Private|Personal|Particular|Casa|de casa|Domicilio particular|Namų|Asmeninis|Gyvenamosios vietos|Asmeninio',
  other:
    'Other|Alternate|Alternative|Secondary|Additional|Otro|Otra|de otra|Otros|Alternativo|Secundario|Kitas|Kita|Kito|Papildomas',
  main: 'Primary|Main|Principal|Pagrindinis|Pagrindinė',
};

/** Headers that hardly any other program uses (at least two must be there), by product. */
export const PRODUCT_HEADERS: Record<string, { name: string; headers: string }> = {
  salesforce: {
    name: 'Salesforce',
    headers:
      'IsDeleted|SystemModstamp|ISDELETED|SYSTEMMODSTAMP|STAGENAME|LASTMODIFIEDBYID|LastModifiedById|CreatedById|OwnerId|MasterRecordId|LastViewedDate|LastReferencedDate|StageName|AccountId|MailingStreet|BillingStreet|ForecastCategory|LeadSource|WhoId|WhatId|RecordTypeId|CleanStatus|PhotoUrl',
  },
  hubspot: {
    name: 'HubSpot',
    headers:
      'Record ID|Lifecycle Stage|Company Domain Name|Associated Company|Associated Company Domain|Associated Contact Email|Associated Contact|Create Date|Contact owner|Company owner|Deal owner|Lead Status|Street Address|State/Region|Deal Stage|Closed Lost Reason|Ticket Status|Activity Type|Activity Owner|Contact ID|Company ID|Deal ID|Call Outcome|Etapa del ciclo de vida|Propietario del contacto',
  },
  pipedrive: {
    name: 'Pipedrive',
    headers:
      'Deal - Title|Deal - Value|Deal - Stage|Deal - Status|Deal - Organization|Deal - Contact person|Deal - Owner|Deal - Pipeline|Deal - Expected close date|Deal - Currency of Value|Deal - Deal created|Person - Name|Person - Email|Person - Email - Work|Person - Phone|Person - Phone - Work|Person - Organization|Person - Owner|Organization - Name|Organization - Address|Organization - Owner|Activity - Subject|Activity - Due date|Activity - Type|Lead - Title|Trato - Título|Trato - Valor|Persona - Nombre|Organización - Nombre|Obchod - Datum prohry|Obchod - Uzavřeno dne|Obchod - Vlastník|Kontaktní osoba|Organizace',
  },
  zoho: {
    name: 'Zoho CRM',
    headers:
      'ACCOUNTID|CONTACTID|LEADID|POTENTIALID|CAMPAIGNID|EVENTID|BOOKID|INVENTORYRELID|VENDORID|SEMODULE|Record Id|Account Owner Id|Contact Owner Id|Who Id Id|Event Owner|Event Owner Id|Case Owner|Created Time|Modified Time|Vendor Owner|Vendor Name|Price Book Name|Deal Name|Potential Name|Email Opt Out|Secondary Email|Lead Owner|Contact Owner.id|Layout.id|Age Tier|Age in Days|Price Book Owner|Total after Discount|Net Total|USER_ID|Events Involved|Calls Involved',
  },
  espocrm: {
    name: 'EspoCRM',
    headers:
      'assignedUserId|assignedUserName|emailAddressIsOptedOut|phoneNumberIsOptedOut|billingAddressStreet|shippingAddressStreet|addressPostalCode|addressStreet|emailAddressData|phoneNumberData|accountName|createdByName|modifiedByName|teamsIds|sicCode|salutationName|amountCurrency|accountIsInactive',
  },
  google: {
    name: 'Google Contacts',
    headers:
      'Given Name|Family Name|Additional Name|Yomi Name|Given Name Yomi|Group Membership|E-mail 1 - Type|E-mail 1 - Value|E-mail 1 - Label|Phone 1 - Type|Phone 1 - Value|Phone 1 - Label|Address 1 - Formatted|Organization 1 - Name|Website 1 - Value|Phonetic First Name|File As|Billing Information|Directory Server',
  },
  outlook: {
    name: 'Outlook',
    headers:
      "E-mail Address|E-mail 2 Address|E-mail 3 Address|E-mail Display Name|Business Street|Business City|Business Phone 2|Business Fax|Home Phone 2|Home Fax|Other Fax|Business Phone|Company Main Phone|Assistant's Phone|Manager's Name|Government ID Number|Organizational ID Number|Internet Free Busy|Radio Phone|TTY/TDD Phone|Telex|Business Address PO Box|Dirección de correo electrónico|Dirección de correo electrónico 2|Dirección del correo electrónico 2|Calle del trabajo|Ciudad de trabajo|Teléfono del trabajo|Fax del trabajo|Número de fax del trabajo|Particular: teléfono|Calle particular|El. pašto adresas|El. pašto adresas 2|Darbo telefonas|Darbo faksas|Darbo gatvė|Darbo miestas|Namų telefonas|Namų gatvė|Mobilusis telefonas",
  },
  thunderbird: {
    name: 'Thunderbird',
    headers:
      'Primary Email|Secondary Email|Screen Name|Web Page 1|Web Page 2|Birth Year|Birth Month|Birth Day|Home ZipCode|Work ZipCode|Home Address 2|Work Address 2|Custom 1|Custom 2',
  },
};
